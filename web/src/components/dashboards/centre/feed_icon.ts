// The shape and tone of a line of the feed. The words say the same.
import type { Icon } from '@tabler/icons-react';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconArrowBackUp from '@tabler/icons-react/dist/esm/icons/IconArrowBackUp.mjs';
import IconFileImport from '@tabler/icons-react/dist/esm/icons/IconFileImport.mjs';
import IconPencil from '@tabler/icons-react/dist/esm/icons/IconPencil.mjs';
import IconPhone from '@tabler/icons-react/dist/esm/icons/IconPhone.mjs';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import IconTrophy from '@tabler/icons-react/dist/esm/icons/IconTrophy.mjs';
import IconUser from '@tabler/icons-react/dist/esm/icons/IconUser.mjs';
import type { FeedLine } from './fold';

type Tone = 'new' | 'plain' | 'good' | 'bad';

export function feedIcon(line: FeedLine): { icon: Icon; tone: Tone } {
  if (line.kind === 'many') return { icon: line.source === 'system' ? IconArrowBackUp : IconFileImport, tone: line.source === 'system' ? 'plain' : 'new' };
  const { kind, data } = line.row;
  if (kind === 'created') return { icon: IconPlus, tone: 'new' };
  if (kind === 'deleted') return { icon: IconTrash, tone: 'plain' };
  if (kind === 'restored') return { icon: IconArrowBackUp, tone: 'plain' };
  if (kind === 'activity') return { icon: IconPhone, tone: 'plain' };
  if (kind === 'automation') return { icon: IconAlertTriangle, tone: 'bad' };
  if (kind === 'lead_created' || kind === 'lead_updated') return { icon: IconUser, tone: 'plain' };
  const after = data.after as { stage?: string } | undefined;
  if (after?.stage === 'closed_won') return { icon: IconTrophy, tone: 'good' };
  return { icon: IconPencil, tone: 'plain' };
}
