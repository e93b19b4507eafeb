const commands: readonly [RegExp, string][] = [
  [/\b(?:debian|ubuntu)\b/u, 'apt-get install bubblewrap'],
  [/\b(?:fedora|rhel|centos)\b/u, 'dnf install bubblewrap'],
  [/\b(?:opensuse|suse|sles)\b/u, 'zypper install bubblewrap'],
  [/\barch\b/u, 'pacman -S bubblewrap'],
  [/\balpine\b/u, 'apk add bubblewrap'],
  [/\bgentoo\b/u, 'emerge sys-apps/bubblewrap'],
  [/\bvoid\b/u, 'xbps-install bubblewrap'],
  [/\bnixos\b/u, 'nix-env -iA nixos.bubblewrap'],
]

/** The command that installs bubblewrap, from the text of /etc/os-release. */
export const installCommand = (osRelease: string): string => {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gmu)].map((match) => match[1]).join(' ')
  return commands.find(([pattern]) => pattern.test(ids))?.[1] ?? 'install the package "bubblewrap"'
}
