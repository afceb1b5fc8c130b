// A command to try, with this server's own address in place of the one in the markup.
for (const code of document.querySelectorAll('[data-command]')) {
  code.textContent = code.textContent.replaceAll('http://127.0.0.1:8000', location.origin);
}
