"""The words that tell who speaks: offices, groups, bodies, media, papers, and what cannot speak."""

from __future__ import annotations

import re

SOURCES = re.compile(
    r"\b(?:sources?|people|persons?|insiders?|interlocutors?|traders?|analysts?|experts?|economists?|"
    r"consultants?|allies|ally|brokers?|"
    r"shipbrokers?|dealers?|investors|critics|supporters?|opponents|observers|participants|executives?|"
    r"industry figures|"
    r"lawyers?|authors?|researchers|scientists|forecasters|(?:some|several|many|most|one|two|three|four|both|"
    r"a few) of them|others|"
    r"strategists?|many|those|residents|campaigners|lobbyists|market players|workers?|employees|managers|buyers?|"
    r"sellers|customers|"
    r"advisers?|lenders|bankers|shippers|importers|engineers|veterans|pundits|commentators|hedge funds|"
    r"(?:market|industry|trade|business) circles)\b",
    re.I,
)
OFFICIALS = re.compile(
    r"\b(?:officials|official(?! [a-z])|diplomats?|ministers|envoys|ambassadors|lawmakers|aides?|negotiators?|leaders|"
    r"regulators|politicians|"
    r"bureaucrats|representatives|governments|authorities|capitals|delegates|circles|deputies|senators|MEPs|MPs|"
    r"members of (?:the )?"
    r"(?:parliament|committee)|parliamentarians|members from)\b",
    re.I,
)
SPOKES = re.compile(
    r"\b(?:spokes(?:man|woman|person|people)|press service|press office|representative|press "
    r"secretary)\b",
    re.I,
)
INSTITUTIONS = re.compile(
    r"\b(?:ministry|ministries|government|commission|council|regulators?|company|companies|operator|agency|court|"
    r"bank|bloc|consultancy|consultancies|brokerage|union|parliament|office|embassy|authority|committee|"
    r"association|institute|centre|center|firm|group|"
    r"administration|presidency|management|board|department|chamber|federation|alliance|coalition|party|exchange|"
    r"utility|utilities|sides|importer|exporter|producer|supplier|buyer|refiner|developer|consortium|"
    r"think[\s-]?tank|university|"
    r"treasury|secretariat|directorate|service|watchdog|lobby|fund|cabinet|senate|congress|state "
    r"department|house|major|giant|shipper|trader house|organi[sz]ation|delegation|mission|ombudsman|prosecutors|"
    r"police|plaintiffs?|side|"
    r"operators|associations|companies|unions?|courts|greens|social democrats|faction|opposition|inspectorate|army|"
    r"military|"
    r"bureau)\b",
    re.I,
)
PAPERS = re.compile(
    r"\b(?:report|study|document|paper|letter|draft|statement|outlook|analysis|memo|note|survey|briefing|"
    r"review|poll|filing|"
    r"communiqu[eé]|declaration|press release|proposal|text)\b",
    re.I,
)
MEDIA = re.compile(
    r"\b(?:newspapers?|news agency|media|magazine|broadcaster|daily|weekly|tabloid|publication|outlet|"
    r"portal|television|"
    r"news site|news outlet|articles?|journalists?|reporters|website|media reports|press reports|"
    r"press)\b",
    re.I,
)
DATA = re.compile(r"\b(?:data|figures|tracking|statistics|numbers)\b", re.I)
ROLE = re.compile(
    r"\b(?:president|prime minister|minister|chancellor|secretary|chief|head|director|chair(?:man|woman|"
    r"person)?|ceo|cfo|"
    r"analyst|economist|professor|commissioner|envoy|adviser|advisor|aide|expert|editor|spokes\w+|manager|executive|"
    r"ambassador|senator|governor|leader|partner|strategist|researcher|fellow|deputy|general|representative|lawyer|"
    r"investor|consultant|trader|negotiator|diplomat|columnist|founder|owner|vice[- ]president|officer|mp|"
    r"mep|lawmaker|correspondent|meteorologist|forecaster|broker|scientist|historian|specialist|premier|"
    r"rapporteur|mayor|politician|member|king|boss|engineer|scholar|author|lobbyist|banker|lecturer|"
    r"veteran|ally|entrepreneur|businessman|businesswoman|financier|captain|fisherman|farmer|undersecretary|attorney|"
    r"judge|prosecutor|"
    r"campaigner|activist|counsel|blogger|pundit|commentator)\b",
    re.I,
)
ORG_MARK = re.compile(
    r"\b(?:LNG|Energy|SE|AG|Inc|Ltd|PLC|plc|Group|Bank|Agency|Ministry|Commission|Council|Centre|Center|"
    r"Institute|University|"
    r"Association|Company|Corp|Corporation|Review|News|Times|Post|Journal|Zeitung|Wire|House|Department|"
    r"Union|Parliament|"
    r"Treasury|Office|Export|Gas|Oil|Petroleum|Markets?|Research|Columns?|Data|Party|Fund|Foundation|"
    r"Court|Board|Authority|"
    r"Networks?|Infrastructure|States|Stream|Trading|Holding|GmbH|BV|SA|SpA|NV|LLC|LLP|Capital|Partners|"
    r"Securities|Intelligence|Analytics|Forum|Network|Society|Service|Committee|Federation|Street|Sachs|"
    r"Stanley|Morgan|Chamber|Regulators?)\b"
)
MEDIA_MARK = re.compile(
    r"\b(?:Review|News|Times|Post|Journal|Zeitung|Wire|Columns?|Gazette|Herald|Tribune|"
    r"Daily|Press|Novosti|Visnyk|Pravda|"
    r"\w*blatt|\w*zeitung|Kurier|Courier|Gazeta|Gazette|Presse|Monde|Figaro|Repubblica|"
    r"Online|TV|Radio|Telegraph|Guardian|Observer|Mail|Standard|Echo|Monitor|Newswire|Newswires)$"
)
PART_OF = re.compile(
    r"^(?:some|several|many|most|all|both|none|one|two|three|four|five|six|\d+|others?) of (?:the|its|his|her|their|"
    r"those)\s",
    re.I,
)
ADVERBIAL = re.compile(  # 'in his reply the Commissioner', 'on Monday Novak'
    r"(?:[Ii]n|[Aa]t|[Oo]n|[Dd]uring|[Aa]fter|[Ff]or|[Ff]rom|[Ww]ith|[Bb]y)\s+(?:(?:his|her|their|its|an?|the|this|"
    r"last)\s+)?"
    r"(?:[a-z]+\s+(?:(?:to|with|in|for|of|on)\s+[\w-]+\s+)?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\s+|"
    r"[A-Z][a-z]+\s+(?=the\b))"
    r"(?=(?:the|an?)\s+[\w-]|(?:Mr|Ms|Mrs)\b|[A-Z])"
)
PRONOUN = re.compile(r"^(?:he|she|they|it|we|i|who|which|both|the former|the latter|this|that)$", re.I)
CAPITALISED = re.compile(
    r"\b(?:al-|el-|bin-)?[A-ZÄÖÜŠŽČŁØÅÉÁÓÍ][\w'\u2019.-]*[a-zäöüßéèáàóíščžćłøåñçă][\w'\u2019-]*|"
    r"\b(?:[A-Z]\.)+|\b[A-Z][A-Z&]+\b"
)
NUMBER_WORD = re.compile(r"\b(one|two|three|four|five|six|seven|eight|nine|ten|both|several|some|many|\d{1,2})\b", re.I)
COUNTS = {
    "one": 1,
    "two": 2,
    "both": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
NOT_SPEAKER = re.compile(
    r"\b(?:is|was|were|are|will|would|could|should|can|has been|have been|had been|because|when|if|gives|"
    r"rose|fell|remains?|"
    r"after|before|while|whether|until|comes?|came|says?|aims|wants|of which|which)\b|\b(?:of|by|from|"
    r"with|in|at|on|to)$",
    re.I,
)
TITLE = re.compile(
    r"^(?:Mr|Mrs|Ms|Dr|Prof|Professor|President|Chancellor|Minister|Secretary|Commissioner|Sir|"
    r"Senator|Sen|Rep|Gen|Foreign|Prime|Energy|Economy|Finance|State|Deputy|Vice|Chief|Speaker|"
    r"Kremlin|Analyst|Economist|Treasury|Defence|Ambassador|Governor|EU|US|U\.S\.|UK|Slovak|"
    r"Hungarian|German|Russian|Ukrainian|Polish|French|Dutch|Turkish|American|European|Austrian|"
    r"Italian|British|Norwegian|Bulgarian|Serbian|Chinese|Qatari|Danish|Swiss|Spanish|Czech|"
    r"Irish|Finnish|The|A|An|But|And|Meanwhile|However|Yesterday|Interior|Executive|Director|"
    r"Head|Republican|Democrat|Democratic|Green|Liberal|Conservative|Social|Christian|Lawmaker|MP|MEP|Politician|CEO|"
    r"CFO|"
    r"Spokesman|Spokeswoman|Ministry|Council|Commission|Party)\.?$"
)


NAME_WORD = r"[A-ZÄÖÜŠŽČŁØÅÉÁÓÍ][\w'\u2019-]*[a-zäöüßéèáàóíščžćłøåñçă]"
NAME_AFTER_COMMA = (
    rf"{NAME_WORD}(?:\s+(?:(?:van|von|de|der|den|di|da|al|el)\s+)*(?:{NAME_WORD}|[A-Z]\.)){{1,3}}"
    r"(?=\s*(?:[,.;:\"”]|$|\s(?:to|on|in|at|from)\s))"
)
BESIDE = re.compile(
    r"\b[a-z]+\s+(?:to|of|for|under|with|near|by|against|behind)\s+(?:(?:the|then|former|late|US|U\.S\.|UK|EU|"
    r"[A-Z][a-z]+(?:ian|ish|can|man|ese|ench|utch)|"
    r"President|Chancellor|Prime|Foreign|Energy|Minister|Mr|Mrs|Ms)\s+){0,4}$"
)
CHIEF = re.compile(r"\b(?:chief|CEO|CFO|director|chair\w*|head|president|boss|executive|manager|officer)\b", re.I)
BODY_NAME = re.compile(r"(?P<name>[A-Z][\w&.-]+(?:\s(?:[A-Z][\w&.-]+|of|for|the))*)(?=,|$)")
LEADING_NAME = re.compile(  # 'Tim Vance of Delta Advisory'
    rf"(?:(?:Dr|Mr|Mrs|Ms|Prof|Professor)\.? )?(?P<name>{NAME_WORD}(?:\s+(?:(?:van|von|de|der|den|di|da|al|el)\s+)*"
    rf"(?:{NAME_WORD}|[A-Z]\.)){{1,3}}) (?:of|at|from|with|for)\s"
)
COURTESY = re.compile(
    r"^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Herr|Frau|Madame|Mme|Signor|Signora)\.?\s+[A-Z]"
)
DESCRIPTION = re.compile(
    r"^(?:the|this|that same|the same)\s+(?:[\w'\u2019-]+\s+){0,4}(?P<noun>[\w-]*(?:man|woman|er|or|ist|ian|crat|"
    r"native|veteran|"
    r"academic|chief|boss|head|lawyer|expert|year-old|politician|colleague|CEO|MEP|MP))$",
    re.I,
)
NOT_A_DESCRIPTION = re.compile(
    r"(?:produc|import|export|suppli|oper|regulat|develop|refin|ship|broadcast|track|carri|tank|numb|pap|lett|off|"
    r"tend|wint|summ|"
    r"quart|regist|bord|riv|pow|matt|ord|sect|fact|wat|tow|chapt|retail|manufactur|contract|steelmak|automak|drill|"
    r"chart|cent|"
    r"theat|prison|conduct|transform|explor|deliv|corrid|mirr|err|terr|react|compress|generat|maj|answ|comput|"
    r"contain|custom|"
    r"consum|partn)(?:er|or)$|\b(?:ocean|meridian|human|other|rather|further|latter|former|either)$",
    re.I,
)
DESCRIBED = "description of a person"
