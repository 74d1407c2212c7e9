// Walks through everything that GopherQueue's JavaScript client sends, and reads the answers as that client does.
//
//     node gopherqueue_walk.mjs URL [API_KEY]
//
// The server needs the workers that gopherqueue_walk.py names.

const [, , url, key] = process.argv;
const base = url.replace(/\/$/, '');
const nobody = '00000000-0000-4000-8000-000000000000';
let checks = 0;

function check(condition, what) {
  checks += 1;
  if (!condition) {
    console.error(what);
    process.exit(1);
  }
}

function headers() {
  const fields = { 'Content-Type': 'application/json' };
  if (key) fields['X-API-Key'] = key;
  return fields;
}

async function request(method, path, body, timeout = 30_000) {
  const response = await fetch(base + path, {
    method,
    headers: headers(),
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(timeout),
  });
  const data = await response.json();
  if (!response.ok) throw Object.assign(new Error(data.error?.message), { code: data.error?.code ?? 'unknown' });
  return data;
}

const submit = (type, payload, more = {}) => request('POST', '/api/v1/jobs', { type, payload, ...more });
const get = (id) => request('GET', `/api/v1/jobs/${id}`);
const wait = (id, milliseconds = 30_000) =>
  request('POST', `/api/v1/jobs/${id}/wait`, { timeout: `${Math.floor(milliseconds / 1000)}s` }, milliseconds + 5000);
const cancel = (id, reason = '', force = false) => request('POST', `/api/v1/jobs/${id}/cancel`, { reason, force });
const retry = (id) => request('POST', `/api/v1/jobs/${id}/retry`, { reset_attempts: false });
const list = async (query) => (await request('GET', query ? `/api/v1/jobs?${query}` : '/api/v1/jobs')).jobs;

async function remove(id) {
  const response = await fetch(`${base}/api/v1/jobs/${id}`, { method: 'DELETE', headers: headers() });
  return response.status;
}

async function refusal(code, action) {
  try {
    await action;
  } catch (error) {
    check(error.code === code, `${error.code} (${error.message}) where ${code} was due`);
    return;
  }
  check(false, `not refused with ${code}`);
}

/// The stream's events as the client reads them, until one has the name that is looked for.
async function follow(job, begin, name) {
  const aborter = new AbortController();
  const query = job === '*' ? '' : `?job_id=${job}`;
  const response = await fetch(`${base}/api/v1/events${query}`, { headers: headers(), signal: aborter.signal });
  check(response.ok, `events: ${response.status}`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let buffer = '';
  let event = '';
  const seen = [];
  for (;;) {
    const { done, value } = await reader.read();
    check(!done, `the stream ended: ${JSON.stringify(seen)}`);
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split('\n');
    buffer = lines.pop() ?? '';
    for (const line of lines.map((line) => line.trim())) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      if (!line.startsWith('data:')) continue;
      const data = JSON.parse(line.slice(5).trim());
      seen.push(event);
      if (event === 'connected') await begin();
      if (event === name) {
        aborter.abort();
        return { seen, data };
      }
    }
  }
}

const job = await submit('echo', { a: [1, 'ü'] }, { priority: 0, max_attempts: 4, tags: { t: '1' }, timeout: '10s' });
check(typeof job.id === 'string' && job.type === 'echo' && job.priority === 0, JSON.stringify(job));
check(job.max_attempts === 4 && job.tags.t === '1', JSON.stringify(job));
const end = await wait(job.id);
check(end.completed && end.success && end.state === 'completed' && !end.timed_out, JSON.stringify(end));
const result = await request('GET', `/api/v1/jobs/${job.id}/result`);
check(result.success && result.job_id === job.id, JSON.stringify(result));
check(JSON.parse(Buffer.from(result.output, 'base64')).a[1] === 'ü', result.output);
check(Number.isInteger(result.duration), JSON.stringify(result));
check((await get(job.id)).attempt === 1, 'started once');

const later = await submit('echo', 0, { delay: '1h', idempotency_key: 'js', correlation_id: 'c' });
check(later.state === 'delayed' && !Number.isNaN(Date.parse(later.scheduled_at)), JSON.stringify(later));
check((await submit('echo', 0, { idempotency_key: 'js' })).id === later.id, 'the same job for the same key');
await refusal('conflict', submit('echo', 1, { idempotency_key: 'js' }));
// Less than a second becomes 0s.
const waited = await wait(later.id, 500);
check(waited.timed_out && !waited.completed, JSON.stringify(waited));
const followed = await follow(later.id, () => cancel(later.id, 'why'), 'job.cancelled');
check(followed.seen[0] === 'connected' && followed.data.id === later.id, JSON.stringify(followed));
check(followed.data.state === 'cancelled' && followed.data.type === 'echo', JSON.stringify(followed.data));
let another;
const all = await follow('*', async () => { another = await submit('echo', null); }, 'job.completed');
check(all.seen.includes('job.created') && all.seen.includes('job.started'), JSON.stringify(all));
check(all.data.id === another.id, JSON.stringify(all.data));

const batch = await request('POST', '/api/v1/jobs/batch', {
  jobs: [{ type: 'echo', payload: 1, tags: { a: 'b' } }, { payload: 1 }],
  atomic: false,
});
check(batch.total === 2 && batch.accepted === 1 && batch.rejected === 1, JSON.stringify(batch));
check(batch.results[0].success && !batch.results[1].success && batch.results[1].error, JSON.stringify(batch));
await refusal('validation_error', request('POST', '/api/v1/jobs/batch', { jobs: [], atomic: true }));

check((await list('state=completed&type=echo&limit=1')).length === 1, 'a list');
check(Array.isArray(await list('')), 'a list without anything');
const broken = await submit('broken', {});
check((await wait(broken.id)).state === 'dead_letter', 'it fails for good');
check((await retry(broken.id)).id === broken.id, 'run again');
const stats = (await request('GET', '/api/v1/stats')).queue;
check(stats.completed >= 2 && Number.isInteger(stats.total_jobs), JSON.stringify(stats));

check((await remove(later.id)) === 204 && (await remove(later.id)) === 404, 'deleted once');
await refusal('not_found', get(nobody));
await refusal('not_found', wait(nobody));
await refusal('not_found', request('GET', `/api/v1/jobs/${nobody}/result`));
await refusal('validation_error', submit('', {}));
await refusal('method_not_allowed', request('PUT', '/api/v1/jobs', {}));
await refusal('not_found', request('GET', '/odd'));
console.log(`${checks} checks`);
