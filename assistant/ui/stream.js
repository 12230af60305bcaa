// Gradio's client holds one stream of events open while it believes that something is pending; the server ends it as soon
// as nothing is. A question that the server takes just after it has ended the stream, and before the browser has heard of
// that, is answered into a stream that nobody opens: the client takes the old one for its own. So the news that a question
// was taken is held back until the stream has carried a word of it, or is over, in which case the client opens another.
// A stream that ends without a farewell, or stays silent about what was taken, is a broken connection, and told as one.
(() => {
  const SILENT = 15_000; // milliseconds; the server's first word on what it has taken is sent before its "taken" is
  const FAREWELL = 'data: {"msg":"close_stream"}\n\n';
  const fetched = window.fetch;
  const pending = new Set(), heard = new Set(); // what the server took and has not completed; what it said a word of
  let stream = null;

  class Stream {
    /** @param over the signal by which Gradio's client leaves the stream; after it, it opens a new one. */
    constructor(over) {
      Object.assign(this, { over, waiting: new Map(), rest: "", closed: false });
      this.failing = new Promise((_, failed) => { this.fail = (why) => failed(new Error(`the stream of events ${why}`)); });
      this.failing.catch(() => {});
      over.addEventListener("abort", () => this.waiting.forEach((done) => done()));
    }

    /** Settles when the stream has said something of this event, or is over; fails where it is broken. */
    async until(id) {
      if (this.over.aborted || heard.has(id)) return;
      await Promise.race([this.failing, new Promise((done) => this.waiting.set(id, done))]);
    }

    read(line) {
      if (!line.startsWith("data:")) return;
      const { msg, event_id: id } = JSON.parse(line.slice(5));
      if (msg === "close_stream") this.closed = true;
      if (msg === "process_completed") pending.delete(id);
      if (!id) return;
      heard.add(id);
      this.waiting.get(id)?.();
    }

    end(out) {
      if (!this.closed && pending.size) return this.fail("ended early");
      if (!this.closed) out.enqueue(new TextEncoder().encode(FAREWELL));
      out.close();
    }

    /** The response as it comes, read along. */
    follow(response) {
      const source = response.body.getReader(), letters = new TextDecoder();
      const pull = async (out) => {
        const { done, value } = await source.read();
        if (done) return this.end(out);
        const lines = (this.rest + letters.decode(value, { stream: true })).split("\n");
        this.rest = lines.pop();
        lines.forEach((line) => this.read(line));
        out.enqueue(value);
      };
      const body = new ReadableStream({
        start: (out) => { this.failing.catch((error) => out.error(error)); },
        pull: (out) => pull(out).catch((error) => this.fail(`broke: ${error}`)),
        cancel: (why) => source.cancel(why),
      });
      const { status, statusText, headers } = response;
      return new Response(body, { status, statusText, headers });
    }
  }

  const open = async (input, options) => {
    const own = (stream = new Stream(input.signal || options.signal));
    const asked = fetched(input, options);
    asked.then((response) => response.ok || own.fail(`was refused: ${response.status}`), (error) => own.fail(`broke: ${error}`));
    const response = await Promise.race([asked, own.failing]);
    return response.ok ? own.follow(response) : response;
  };

  const join = async (input, options) => {
    const response = await fetched(input, options);
    const { event_id: id } = response.ok ? await response.clone().json() : {};
    if (!id) return response;
    pending.add(id);
    setTimeout(() => heard.has(id) || stream?.fail("is silent"), SILENT);
    await stream?.until(id);
    return response;
  };

  window.fetch = (input, options) => {
    const url = String(input?.url || input);
    if (url.includes("/queue/data")) return open(input, options);
    return url.includes("/queue/join") ? join(input, options) : fetched(input, options);
  };
})();
