"""Uses the models that datamodel-code-generator made, with a plain HTTP client."""

import httpx
from made.python.pydantic import market, openapi, uploads
from service import BASE_URL, bodies, poll, receive

http = httpx.Client(base_url=BASE_URL, headers={"Authorization": "Bearer any"}, trust_env=False)


def post(path, body, answer):
    response = http.post(path, json=body.model_dump(mode="json", exclude_unset=True))
    return answer.model_validate(response.json())


# Each example can be built from its model, and is written again as it was.
count = 0
for document, models in (("openapi", openapi), ("uploads", uploads), ("market", market)):
    for name, examples in bodies(document):
        model = getattr(models, name)
        for example in examples:
            assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example, example
            count += 1

# A song is started, its callback is received, and its record is read.
address, callbacks = receive(lambda body: body["data"]["callbackType"] == "complete")
request = openapi.GenerateMusicRequest(
    model="V5", customMode=False, instrumental=False, prompt="lo-fi rain", callBackUrl=address
)
started = post("/api/v1/generate", request, openapi.GenerateMusicAnswer)
assert started.code == 200 and started.data.taskId, started


def look():
    response = http.get("/api/v1/generate/record-info", params={"taskId": started.data.taskId})
    record = openapi.GetMusicDetailsAnswer.model_validate(response.json()).data
    return record if record.status == openapi.MusicStatusKnown.SUCCESS else None


links = [track.audioUrl for track in poll(look).response.sunoData]
callback = openapi.MusicCallbackBody.model_validate(callbacks.get(timeout=20))
assert len(links) == 2 and all(links) and [track.audio_url for track in callback.data.data] == links, callback

# A word that is not known yet is kept.
assert openapi.MusicRecord(status="NEARLY_THERE").status == "NEARLY_THERE"

# A file is uploaded, and a task is started on the market route.
upload = uploads.UploadFileUrlRequest(fileUrl="https://files.example.net/tune.mp3", uploadPath="songs")
assert post("/api/file-url-upload", upload, uploads.UploadFileUrlAnswer).data.downloadUrl
task = market.GenerateLyricsMarketRequest(
    model="ai-music-api/generate-lyrics", input=market.GenerateLyricsInput(prompt="two lighthouses")
)
assert post("/api/v1/jobs/createTask", task, market.CreateTaskAnswer).data.taskId

print(f"datamodel-code-generator: {count} examples built")
