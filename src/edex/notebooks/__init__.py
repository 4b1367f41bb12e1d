"""From one text source to two notebooks: parse, compile, run, judge. Knows no science."""
