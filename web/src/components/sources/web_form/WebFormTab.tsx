// The web form: the form to put on one's own site, and the same door tried from here.
import { SegmentedControl, Stack } from '@mantine/core';
import { useState } from 'react';
import type { TabProps } from '../source';
import { SnippetMaker } from './SnippetMaker';
import { TryForm } from './TryForm';

export default function WebFormTab({ openDeal }: TabProps) {
  const [part, setPart] = useState('site');
  return (
    <Stack gap="lg">
      <SegmentedControl
        value={part}
        onChange={setPart}
        aria-label="What to do"
        data={[
          { value: 'site', label: 'Put it on your site' },
          { value: 'try', label: 'Try it here' },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {part === 'site' ? <SnippetMaker /> : <TryForm openDeal={openDeal} />}
    </Stack>
  );
}
