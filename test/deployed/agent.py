"""Invokes the agent function with each JSON object of standard input, one a line, and prints its answers, one a line.

    python agent.py FUNCTION_NAME < REQUESTS

This is what an agent does that invokes a function and waits for its JSON. `function_error` is what Lambda's answer says
about it, `answer` the payload.
"""

import json
import sys

import boto3
from botocore.config import Config

if __name__ == "__main__":
    [function_name] = sys.argv[1:]
    # An answer that is waited for may take minutes, and a request must not be made twice.
    client = boto3.client("lambda", config=Config(read_timeout=900, retries={"max_attempts": 0}))
    for line in sys.stdin:
        response = client.invoke(FunctionName=function_name, Payload=line.encode())
        print(json.dumps({"function_error": response.get("FunctionError"), "answer": json.load(response["Payload"])}))
