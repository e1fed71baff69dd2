import { examples as market } from "../made/typescript/hey-api/market-examples.js";
import { examples as classic } from "../made/typescript/hey-api/openapi-examples.js";
import { examples as uploads } from "../made/typescript/hey-api/uploads-examples.js";
import { client as jobs } from "../made/typescript/hey-api/market/client.gen.js";
import { createTask, getTaskDetail } from "../made/typescript/hey-api/market/index.js";
import { client } from "../made/typescript/hey-api/openapi/client.gen.js";
import {
  type CallbackTrack, type GenerateMusicRequest, type MusicCallbackWebhookPayload, type MusicRecord, type MusicStatusKnown,
  generateMusic, getMusicDetails,
} from "../made/typescript/hey-api/openapi/index.js";
import { client as files } from "../made/typescript/hey-api/uploads/client.gen.js";
import { uploadFileStream } from "../made/typescript/hey-api/uploads/index.js";
import { baseUrl, check, headers, poll, receive, send } from "./service.js";

for (const each of [client, files, jobs]) each.setConfig({ baseUrl, headers });
const finished: MusicStatusKnown = "SUCCESS";

// A song is started, its callback is received, and its record is read.
const [callBackUrl, callback] = await receive<MusicCallbackWebhookPayload>(
  (body) => body.data?.callbackType === "complete",
);
const body: GenerateMusicRequest = {
  model: "V5", customMode: false, instrumental: false, prompt: "lo-fi rain", callBackUrl,
};
const started = await generateMusic({ body });
const taskId = started.data?.data?.taskId;
check(started.data?.code === 200 && typeof taskId === "string", started.data);
const record = await poll(async () => {
  const { data } = await getMusicDetails({ query: { taskId } });
  return data?.data?.status === finished ? data.data : undefined;
});
const links = record.response?.sunoData?.map((track) => track.audioUrl) ?? [];
check(links.length === 2 && links.every((link) => link), record);
const received = (await callback).data?.data?.map((track: CallbackTrack) => track.audio_url);
check(JSON.stringify(received) === JSON.stringify(links), received);

// A word that is not known yet is a valid status. A misspelt word is no known one.
const unknown: MusicRecord = { status: "NEARLY_THERE" };
// @ts-expect-error
const misspelt: MusicStatusKnown = "SUCESS";
check(unknown.status !== misspelt, unknown);

// A file is uploaded as a form, and a task is started on the market route.
const file = await uploadFileStream({ body: { file: new Blob(["sound"]), fileName: "tune.mp3", uploadPath: "songs" } });
check(file.data?.data?.downloadUrl != null, file.data);
const job = await createTask({ body: { model: "ai-music-api/generate-lyrics", input: { prompt: "two lighthouses" } } });
const jobId = job.data?.data && "taskId" in job.data.data ? job.data.data.taskId : undefined;
check(typeof jobId === "string", job.data);
const state = await poll(async () => {
  const { data } = await getTaskDetail({ query: { taskId: jobId } });
  return data?.data?.state === "success" ? data.data : undefined;
});
check(state.resultJson != null, state);

console.log(`hey-api: ${(await send(classic)) + (await send(uploads)) + (await send(market))} examples accepted`);
