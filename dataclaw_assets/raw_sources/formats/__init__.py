"""What each format says, parsed into neutral records: readers register it, extractors make facts of it."""
