"""Storage events to records: what a bucket holds, kept in a store. Knows no HTTP."""
