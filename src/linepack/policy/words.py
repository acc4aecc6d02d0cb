"""Words of the law, as enums."""

from __future__ import annotations

from enum import StrEnum


class LawGrade(StrEnum):
    """How well a row of law is sourced."""

    OFFICIAL = "P"  # official text or page seen
    SECONDARY = "S"  # law-firm note or press report
    TERTIARY = "T"  # a note that points to an official page not opened
    BACKGROUND = "B"  # analyst background, no source found

    @property
    def mark(self) -> str:
        """Text shown beside rows that need checking: ' [T]' or ' [B]', else nothing."""
        return f" [{self.value}]" if self in (LawGrade.TERTIARY, LawGrade.BACKGROUND) else ""


class Stage(StrEnum):
    """How far an instrument has come."""

    THREATENED = "threatened"
    PROPOSED = "proposed"
    AGREED = "agreed"
    ENDORSED = "endorsed"
    ADOPTED = "adopted"
    ENDED = "ended"


class Status(StrEnum):
    """What an instrument is on a date."""

    UNKNOWN = "not known yet"
    PROPOSED = "proposed"
    ADOPTED = "adopted, no phase in force"
    IN_FORCE = "in force"
    ENDED = "ended"
    LAPSED = "lapsed"


class InstrumentKind(StrEnum):
    """What sort of act an instrument is."""

    SANCTIONS_REGULATION = "sanctions_regulation"
    REGULATION = "regulation"
    DIRECTIVE = "directive"
    EXECUTIVE_ORDER = "executive_order"
    STATUTE = "statute"
    DESIGNATION = "designation"
    LICENCE = "licence"
    ORDINANCE = "ordinance"
    ADMINISTRATIVE_ACT = "administrative_act"
    COURT_ORDER = "court_order"
    AGREEMENT = "agreement"
    CONTRACT = "contract"
    POSITION = "position"
    THREAT = "threat"
    BID = "bid"
    EVENT = "event"


class Measure(StrEnum):
    """What a scope does."""

    IMPORT_BAN = "import_ban"
    TRANSACTION_BAN = "transaction_ban"
    SERVICE_BAN = "service_ban"
    RELOADING_BAN = "reloading_ban"
    INVESTMENT_BAN = "investment_ban"
    TECHNOLOGY_BAN = "technology_ban"
    STORAGE_BAN = "storage_ban"
    DESIGNATION = "designation"
    CERTIFICATION = "certification"
    QUOTA = "quota"
    TARIFF = "tariff"
    FILLING_RULE = "filling_rule"
    PURCHASE_PLEDGE = "purchase_pledge"
    DEMAND_SAVING = "demand_saving"
    PRICE_CAP = "price_cap"
    DUTY = "duty"
    PERMISSION = "permission"
    STATEMENT = "statement"

    @property
    def closes(self) -> bool:
        """True where a matching scope in force closes a gate until it is lifted."""
        return self in _CLOSING


_CLOSING = frozenset({
    Measure.IMPORT_BAN, Measure.TRANSACTION_BAN, Measure.SERVICE_BAN, Measure.RELOADING_BAN, Measure.INVESTMENT_BAN,
    Measure.TECHNOLOGY_BAN, Measure.STORAGE_BAN, Measure.DESIGNATION, Measure.CERTIFICATION,
})  # fmt: skip


class Activity(StrEnum):
    """What must happen for an asset to work or a flow to run; a scope bars one of these."""

    IMPORT = "import"
    OPERATE = "operate"
    REPAIR = "repair"
    PAY = "pay"
    TRANSIT = "transit"
    SHIP = "ship"
    RELOAD = "reload"
    STORE = "store"
    INVEST = "invest"
    TECHNOLOGY = "technology"
    SERVICE = "service"
    ACQUIRE = "acquire"
    TRADE = "trade"
    CERTIFY = "certify"


class ContractClass(StrEnum):
    """Class of supply contract: concluded since the cut-off date, up to one year, or longer."""

    NEW = "new"
    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"


class Bar(StrEnum):
    """Why a closed gate holds: it is unlawful, it risks a sanction, or somebody must find it worth while."""

    LEGAL = "legal"
    SANCTIONS_RISK = "sanctions_risk"
    COMMERCIAL = "commercial"


class Act(StrEnum):
    """What a body does."""

    ADOPT = "adopt"  # take a formal decision: repeal, licence, certificate, proposal, judgment
    RENEW = "renew"  # keep something alive that would end
    NOT_OBJECT = "not_object"  # let it pass
    CONSULT = "consult"  # give an opinion
    SIGN = "sign"  # enter a contract, pay, ship
    REFRAIN = "refrain"  # not do what one could: not renew, not veto, not attack


class Voting(StrEnum):
    """How a body with members decides."""

    UNANIMITY = "unanimity"
    QUALIFIED_MAJORITY = "qualified_majority"


class RuleKind(StrEnum):
    """Kind of decision rule."""

    UNANIMITY = "unanimity"
    QUALIFIED_MAJORITY_WITH_PARLIAMENT = "qualified_majority_with_parliament"
    QUALIFIED_MAJORITY = "qualified_majority"
    DELEGATED_ACT = "delegated_act"
    EXECUTIVE_LICENCE = "executive_licence"
    EXECUTIVE_WITH_REVIEW = "executive_with_review"
    STATUTE_WITH_WAIVER = "statute_with_waiver"
    REGULATOR_WITH_OPINION = "regulator_with_opinion"
    COURT_AND_CREDITORS = "court_and_creditors"
    CABINET_ORDINANCE = "cabinet_ordinance"
    STATUTE = "statute"
    PARTIES = "parties"
    CONSENSUS = "consensus"
    NONE = "none"


class GateKind(StrEnum):
    """What a gate is about."""

    PHYSICAL = "physical"
    LEGAL = "legal"
    CERTIFICATION = "certification"
    OWNER = "owner"
    CONTRACT = "contract"
    BUYER = "buyer"
    PAYMENT = "payment"
    TRANSIT = "transit"
    SHIPS = "ships"
    SELLER = "seller"
    SECURITY = "security"
    NETWORK = "network"


class GateState(StrEnum):
    """State of a gate; only an open gate lets gas through, an unclear one is shown and counts as closed."""

    OPEN = "open"
    CLOSED = "closed"
    UNCLEAR = "unclear"


class ReliefKind(StrEnum):
    """Kind of exemption."""

    GENERAL_LICENCE = "general_licence"
    SPECIFIC_LICENCE = "specific_licence"
    WAIVER = "waiver"
    DEROGATION = "derogation"
    EMERGENCY_SUSPENSION = "emergency_suspension"


class Expression(StrEnum):
    """How a scope reaches the market."""

    BAN = "ban"
    CLOSURE = "closure"
    QUOTA = "quota"
    CHARGE = "charge"
    FLEET = "fleet"
    CAP = "cap"
    STOCK = "stock"
    PLEDGE = "pledge"
    DEMAND = "demand"
    GATE = "gate"  # acts on a gate only
    NONE = "none"  # cannot be expressed, or has no bearing on gas; ``effect_note`` says which


class Verb(StrEnum):
    """What a decision in a scenario does."""

    LIFT = "lift"
    GRANT = "grant"
    REFUSE = "refuse"
    ADOPT = "adopt"
    LET_LAPSE = "let_lapse"
    SUSPEND = "suspend"
    REPAIR = "repair"
    CERTIFY = "certify"
    SELL = "sell"
    CONTRACT = "contract"


class AssetKind(StrEnum):
    """What a thing with gates is."""

    STRING = "string"
    FLOW = "flow"
    PLANT = "plant"
    PROJECT = "project"
    DEAL = "deal"
    SERVICE = "service"


class Medium(StrEnum):
    """Form of the gas."""

    PIPELINE = "pipeline"
    LNG = "lng"
