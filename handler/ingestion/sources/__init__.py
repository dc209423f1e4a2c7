"""Where documents are read from: a bucket, or files of this machine."""
