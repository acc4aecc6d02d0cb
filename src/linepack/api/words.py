"""The words that arguments are chosen from, without any library of numbers: what help needs."""

from __future__ import annotations

from linepack.policy.words import Bar as Bar
from linepack.policy.words import ContractClass as ContractClass
from linepack.policy.words import Verb as Verb
