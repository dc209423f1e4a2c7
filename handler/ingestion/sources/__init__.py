"""Where documents are read from: a bucket, or the files of this machine."""
