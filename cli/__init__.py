"""The commands of `nianbao`: a verb, its options, one call."""
