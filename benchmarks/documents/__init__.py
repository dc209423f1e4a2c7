"""What ingestion reads of real documents, beside reference readers."""
