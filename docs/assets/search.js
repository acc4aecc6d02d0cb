// Browsers refuse workers and requests for files to a page that is opened from disk. There this stands in for the
// search's worker and takes the index from a script, search/search_index.js, when it is first asked.
if (location.protocol === "file:") {
  const load = (name) =>
    new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = `${base_url}/search/${name}`;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
  const parsed = new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  window.Worker = class {
    answer = null;
    async prepare() {
      await Promise.all([load("lunr.js"), load("search_index.js")]);
      const pages = new Map(SEARCH_INDEX.docs.map((page) => [page.location, page]));
      lunr.tokenizer.separator = new RegExp(SEARCH_INDEX.config.separator);
      const index = lunr(function () {
        this.field("title");
        this.field("text");
        this.ref("location");
        pages.forEach((page) => this.add(page));
      });
      return (query) => index.search(query).map(({ ref }) => ({ ...pages.get(ref), summary: pages.get(ref).text.slice(0, 200) }));
    }
    async postMessage(message) {
      if (message.init) {
        await parsed; // main.js says who listens after it has asked, and the field stands below it
        this.onmessage({ data: { config: { min_search_length: 3 } } });
        this.onmessage({ data: { allowSearch: true } });
        return;
      }
      this.answer ??= this.prepare();
      const search = await this.answer;
      this.onmessage({ data: { results: search(message.query) } });
    }
  };
}
