"""What each body may decide on a day, and what follows from a scenario's decisions, as JSON content."""

from __future__ import annotations

from linepack.report.decisions import consequences as consequences
from linepack.report.decisions import decisions_content as decisions_content
