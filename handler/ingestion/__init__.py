"""Storage events to records in a store. Knows no HTTP."""
