"""What the sciences share: honest splits, scores with error bars, baselines, figures, results."""
