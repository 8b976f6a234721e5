"""Sends what a proxy may stumble over, and checks the echoes: echo-client.py URL CA_FILE. Prints JSON."""
import asyncio
import json
import ssl
import sys

import websockets


async def main(url: str, ca_file: str) -> None:
    context = ssl.create_default_context(cafile=ca_file)
    messages = ["hello", b"\x00\xff" * 10, "", "\u00e9" * 70_000]
    async with websockets.connect(url, ssl=context, max_size=None) as socket:
        for message in messages:
            await socket.send(message)
            assert await socket.recv() == message
        await socket.ping()
    print(json.dumps({"echoed": len(messages), "code": socket.close_code}))


asyncio.run(asyncio.wait_for(main(sys.argv[1], sys.argv[2]), 20))
