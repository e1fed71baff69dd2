import createClient from "openapi-fetch";
import { examples as market } from "../made/typescript/openapi-fetch/market-examples.js";
import { examples as classic } from "../made/typescript/openapi-fetch/openapi-examples.js";
import { examples as uploads } from "../made/typescript/openapi-fetch/uploads-examples.js";
import type { paths as Market } from "../made/typescript/openapi-fetch/market.js";
import type { components, paths as Classic, webhooks } from "../made/typescript/openapi-fetch/openapi.js";
import type { paths as Uploads } from "../made/typescript/openapi-fetch/uploads.js";
import { baseUrl, check, headers, poll, receive, send } from "./service.js";

type Schemas = components["schemas"];
type Callback = webhooks["music"]["post"]["requestBody"]["content"]["application/json"];

const client = createClient<Classic>({ baseUrl, headers });
const finished: Schemas["MusicStatusKnown"] = "SUCCESS";

// A song is started, its callback is received, and its record is read.
const [callBackUrl, callback] = await receive<Callback>((body) => body.data?.callbackType === "complete");
const body: Schemas["GenerateMusicRequest"] = {
  model: "V5", customMode: false, instrumental: false, prompt: "lo-fi rain", callBackUrl,
};
const started = await client.POST("/api/v1/generate", { body });
const taskId = started.data?.data?.taskId;
check(started.data?.code === 200 && typeof taskId === "string", started);
const record = await poll(async () => {
  const { data } = await client.GET("/api/v1/generate/record-info", { params: { query: { taskId } } });
  return data?.data?.status === finished ? data.data : undefined;
});
const links = record.response?.sunoData?.map((track) => track.audioUrl) ?? [];
check(links.length === 2 && links.every((link) => link), record);
const received = (await callback).data?.data?.map((track: Schemas["CallbackTrack"]) => track.audio_url);
check(JSON.stringify(received) === JSON.stringify(links), received);

// A word that is not known yet is a valid status. A misspelt word is no known one.
const unknown: Schemas["MusicRecord"] = { status: "NEARLY_THERE" };
// @ts-expect-error
const misspelt: Schemas["MusicStatusKnown"] = "SUCESS";
check(unknown.status !== misspelt, unknown);

// A file is uploaded, and a task is started on the market route.
const file = await createClient<Uploads>({ baseUrl, headers }).POST("/api/file-url-upload", {
  body: { fileUrl: "https://files.example.net/tune.mp3", uploadPath: "songs" },
});
check(file.data?.data?.downloadUrl != null, file);
const jobs = createClient<Market>({ baseUrl, headers });
const job = await jobs.POST("/api/v1/jobs/createTask", {
  body: { model: "ai-music-api/generate-lyrics", input: { prompt: "two lighthouses" } },
});
const jobId = job.data?.data && "taskId" in job.data.data ? job.data.data.taskId : undefined;
check(typeof jobId === "string", job);
const state = await poll(async () => {
  const { data } = await jobs.GET("/api/v1/jobs/recordInfo", { params: { query: { taskId: jobId } } });
  return data?.data?.state === "success" ? data.data : undefined;
});
check(state.resultJson != null, state);

console.log(`openapi-fetch: ${(await send(classic)) + (await send(uploads)) + (await send(market))} examples accepted`);
