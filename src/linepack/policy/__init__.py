"""Law: dated instruments, gates of assets and flows, and who must say yes.

The modules ``law``, ``consents``, ``voting``, ``formula``, ``decisions`` and ``timeline`` need only the standard
library, so that ``linepack law`` and ``linepack consents`` start fast. ``effects`` meets the market and needs pandas.
"""
