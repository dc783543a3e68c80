"""What ``holdshort docket fairness`` reads, says and writes."""
