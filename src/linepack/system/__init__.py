"""Facts: tables with a schema, provenance, the gas calendar and checks."""
