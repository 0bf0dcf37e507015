"""The topics of the chat world, one module each; every module offers `KINDS`."""
