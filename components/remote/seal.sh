# shellcheck shell=bash
# Where the line is cut between a step's result and its end, the provider shows that result with its error. What is
# secret in it goes out sealed: with a key that came in standard input, and that the program can make again.

# Encrypts its standard input into one line; sealed.ts opens it.
seal() { openssl enc -aes-256-cbc -pbkdf2 -iter 10000 -md sha256 -salt -base64 -A -pass "file:$FILES/seal.key"; }
