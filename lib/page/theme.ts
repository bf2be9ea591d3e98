// Light or dark: as the system has it, until the reader chooses.

import { found } from './dom.ts';

const key = 'ecr-replication-audit-theme';

export function themeToggle(): void {
  const button = found('#theme', HTMLButtonElement);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const { dataset } = document.documentElement;
  const isDark = (): boolean => (dataset['theme'] ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const show = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `Change to ${isDark() ? 'light' : 'dark'} colours`);
  };
  const kept = remembered();
  if (kept === 'dark' || kept === 'light') dataset['theme'] = kept;
  button.addEventListener('click', () => {
    dataset['theme'] = isDark() ? 'light' : 'dark';
    remember(dataset['theme']);
    show();
  });
  dark.addEventListener('change', show);
  show();
  button.hidden = false;
}

/** A browser may give no storage to a file; then the choice lasts as long as the page. */
function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    return;
  }
}
