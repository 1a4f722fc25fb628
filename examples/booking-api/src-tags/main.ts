// `npm run start:tags`: the service as built by tsconfig.tags.json.
import { serve } from '../src/serve.js';
import { AppModule } from './app.module.js';

await serve(AppModule);
