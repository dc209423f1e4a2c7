"""What PowerPoint and Excel files have in common: parts, drawings and charts. Reads no slide."""
