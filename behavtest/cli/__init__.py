"""The command line beside pytest: plan, calibrate, decide again, and read the ledger."""
