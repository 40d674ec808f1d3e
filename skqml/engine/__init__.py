"""Private: circuits become arrays (`reading`), arrays are run (`statevector`, `density`)."""
