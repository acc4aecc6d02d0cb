"""linepack: what flows, what it costs, who gains and who must agree when gas politics change."""

__version__ = "0.1.0"
