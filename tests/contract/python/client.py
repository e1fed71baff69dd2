"""Uses the clients that openapi-python-client made."""

from io import BytesIO

from made.python.client import market, openapi, uploads
from made.python.client.market.api.tasks import create_task
from made.python.client.openapi.api.suno import generate_music, get_music_details
from made.python.client.openapi.models import MusicCallbackBody, MusicRecord, MusicStatusKnown
from made.python.client.uploads.api.uploads import upload_file_stream
from made.python.client.uploads.types import File
from service import BASE_URL, bodies, poll, receive


def connect(made):
    return made.AuthenticatedClient(base_url=BASE_URL, token="any", httpx_args={"trust_env": False})


def build(models, name, example):
    """Builds an example from its model. The market route has a model for each operation, of which one fits."""
    kinds = [name] if hasattr(models, name) else [kind for kind in models.__all__ if kind.endswith(name)]
    for model in (getattr(models, kind) for kind in kinds):
        try:
            return model.from_dict(example)
        except (KeyError, ValueError):
            continue
    raise AssertionError(example)


# Each example can be built from its model, with no unknown field, and is written again as it was.
count = 0
for document, made in (("openapi", openapi), ("uploads", uploads), ("market", market)):
    for name, examples in bodies(document):
        for example in examples:
            request = build(made.models, name, example)
            assert request.to_dict() == example and not request.additional_properties, example
            count += 1

# A song is started, its callback is received, and its record is read.
client = connect(openapi)
address, callbacks = receive(lambda body: body["data"]["callbackType"] == "complete")
song = openapi.models.GenerateMusicRequest(
    model=openapi.models.ModelKnown.V5,
    custom_mode=False,
    instrumental=False,
    prompt="lo-fi rain",
    call_back_url=address,
)
started = generate_music.sync(client=client, body=song)
assert started.code == 200 and started.data.taskId, started


def look():
    record = get_music_details.sync(client=client, task_id=started.data.taskId).data
    return record if record.status == MusicStatusKnown.SUCCESS else None


links = [track.audioUrl for track in poll(look).response.sunoData]
callback = MusicCallbackBody.from_dict(callbacks.get(timeout=20))
assert len(links) == 2 and all(links) and [track.audio_url for track in callback.data.data] == links, callback

# A word that is not known yet is kept.
assert MusicRecord.from_dict({"status": "NEARLY_THERE"}).status == "NEARLY_THERE"

# A file is uploaded as a form, and a task is started on the market route.
form = uploads.models.UploadFileStreamRequest(
    file=File(payload=BytesIO(b"sound"), file_name="tune.mp3"), upload_path="songs"
)
file = upload_file_stream.sync(client=connect(uploads), body=form)
assert file.code == 200 and file.data.downloadUrl, file
lyrics = market.models.GenerateLyricsMarketRequest(
    model="ai-music-api/generate-lyrics", input_=market.models.GenerateLyricsInput(prompt="two lighthouses")
)
task = create_task.sync(client=connect(market), body=lyrics)
assert task.code == 200 and task.data.taskId, task

print(f"openapi-python-client: {count} examples built")
