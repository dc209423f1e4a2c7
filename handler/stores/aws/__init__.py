"""Vectors in S3 Vectors, their ledger and the catalog in DynamoDB, and files in S3."""
