// An address that leads nowhere.
import { EmptyState } from '@/ui/EmptyState';
import { ButtonLink } from '@/ui/links';
import IconMapPinOff from '@tabler/icons-react/dist/esm/icons/IconMapPinOff.mjs';

export function NotFound() {
  return (
    <EmptyState icon={IconMapPinOff} title="There is no page here" text="The link may be old, or a letter may be missing in the address." order={1}>
      <ButtonLink to="/">To the home page</ButtonLink>
    </EmptyState>
  );
}
