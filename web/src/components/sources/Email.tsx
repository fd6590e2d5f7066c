// The tab of the source email.
import IconMail from '@tabler/icons-react/dist/esm/icons/IconMail.mjs';
import { lazy } from 'react';
import type { SourceTab } from './source';

export const email: SourceTab = {
  key: 'email',
  label: 'E-mail',
  icon: IconMail,
  help: 'Paste a mail. Company, contact and value are found in it.',
  component: lazy(() => import('./email/EmailTab')),
};
