"""Uses `kie mcp` as an agent does, with the package mcp."""

import asyncio
import base64
import json
import sys
import tempfile
import urllib.request
from pathlib import Path

import jsonschema
from mcp import Client, MCPError, StdioServerParameters

KIE, BASE_URL = sys.argv[1:]
FOLDER = Path(tempfile.mkdtemp())
ROOT = FOLDER / "songs"
SERVER = StdioServerParameters(
    command=KIE,
    args=["mcp", "--root", str(ROOT), "--budget", "30", "--base-url", BASE_URL, "--ledger", str(FOLDER / "ledger.db")],
    env={"XDG_CONFIG_HOME": str(FOLDER)},
)


def charged():
    """Returns the credits that the simulator has charged."""
    with urllib.request.urlopen(f"{BASE_URL}/sandbox/books") as books:
        return json.load(books)["charged"]


def song(name, idea="a slow waltz", **more):
    request = {"prompt": idea, "customMode": False, "instrumental": False, "model": "V5"}
    return {"name": name, "request": request, **more}


async def cancelled(client, arguments):
    """Cancels a call when its task has started."""
    started = asyncio.Event()

    async def progress(_progress, _total, message):
        if "started" in message:
            started.set()

    call = asyncio.create_task(client.call_tool("generate_music", arguments, progress_callback=progress))
    await started.wait()
    call.cancel()
    await asyncio.gather(call, return_exceptions=True)


async def main():
    async with Client(SERVER) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        for tool in tools.values():
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        maker = tools["generate_music"]
        assert "12 credits" in maker.description and maker.annotations.read_only_hint is False, maker
        assert tools["task"].annotations.read_only_hint is True, tools["task"]

        # Two calls under one name at the same time are one song.
        messages = []

        async def progress(_progress, _total, message):
            messages.append(message)

        twice = [client.call_tool("generate_music", song("one"), progress_callback=progress) for _ in range(2)]
        one, same = [call.structured_content for call in await asyncio.gather(*twice)]
        assert one["outcome"] == "success" and one["taskId"] == same["taskId"], (one, same)
        assert charged() == 12.0 and any("2 results finished" in message for message in messages), messages
        for file in one["files"]:
            assert Path(file["path"]).is_relative_to(ROOT.resolve()) and Path(file["path"]).stat().st_size == file["bytes"]

        # The songs are resources.
        resources = (await client.list_resources()).resources
        assert {file["resource"] for file in one["files"]} == {str(resource.uri) for resource in resources}, resources
        contents = (await client.read_resource(resources[0].uri)).contents[0]
        assert len(base64.b64decode(contents.blob)) == resources[0].size and contents.mime_type == "audio/mpeg"

        # A cancelled call is paid once, and its name leads to its song.
        await cancelled(client, song("two"))
        two = (await client.call_tool("generate_music", song("two"))).structured_content
        assert two["outcome"] == "success" and two["joined"] and charged() == 24.0, two

        # Too little is left of the budget. A name belongs to one request. No path leads out of the folder.
        refused = [
            ("overBudget", await client.call_tool("generate_music", song("three"))),
            ("nameTaken", await client.call_tool("generate_music", song("one", "a march"))),
            ("invalid", await client.call_tool("generate_music", song("one", folder="../out"))),
            ("invalid", await client.call_tool("upload", {"file": "/etc/hostname"})),
        ]
        for word, call in refused:
            assert call.is_error and call.structured_content["error"] == word, (word, call)
            assert call.structured_content["charged"] == "no", call
        assert charged() == 24.0
        try:
            await client.read_resource("kie://files/../../ledger.db")
            raise AssertionError("a resource outside of the ledger was read")
        except MCPError:
            pass
        print(f"{len(tools)} tools, protocol {client.protocol_version}: 2 songs, paid once each")


asyncio.run(main())
