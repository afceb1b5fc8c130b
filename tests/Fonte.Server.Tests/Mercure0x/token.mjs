// A token as publishers made it for Mercure 0.x: node token.mjs SECRET SELECTOR…
import jsonwebtoken from 'jsonwebtoken';

const [secret, ...publish] = process.argv.slice(2);
console.log(jsonwebtoken.sign({ mercure: { publish } }, secret));
