/* An answer "sign in first" to a background request leads to the sign-in page: an expired session must not look frozen. */
(function () {
  "use strict";
  const ask = window.fetch;
  window.fetch = async function (...request) {
    const answer = await ask.apply(this, request);
    if (answer.status === 401 && answer.headers.has("X-Login")) {
      const here = location.pathname + location.search;
      location.assign(answer.headers.get("X-Login") + "?next=" + encodeURIComponent(here));
    }
    return answer;
  };
})();
