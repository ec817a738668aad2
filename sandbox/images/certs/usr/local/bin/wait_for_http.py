#!/usr/bin/python3
"""Waits until a URL answers: at most 99 tries, each pause longer than the last."""
import sys
import time

import requests

for attempt in range(1, 100):
    try:
        requests.head(sys.argv[1]).raise_for_status()
        print(f"HTTP is available (attempt {attempt})", flush=True)
        sys.exit(0)
    except requests.exceptions.RequestException as problem:
        print(f"Waiting for HTTP to be available: {problem}", flush=True)
    time.sleep(attempt**0.8)
sys.exit(1)
