#!/usr/bin/env bash
# Makes a signed apt repository laid out like Docker's. Debian's docker.io and docker-cli refuse to stand beside packages
# named docker-ce and docker-ce-cli: those two are Debian's under Docker's names. The others depend on Debian's own.
# Beside it, under wrong-signature/, the same one signed with a key other than the published one.
set -euo pipefail

root=/srv/apt/linux/debian
docker_version='5:28.5.2-1~debian.13~trixie'
GNUPGHOME=$(mktemp -d)
export GNUPGHOME

main() {
  cd "$(mktemp -d)"
  mkdir -p "$root/dists/trixie/pool/stable"
  renamed docker.io docker-ce "$docker_version"
  renamed docker-cli docker-ce-cli "$docker_version"
  package containerd.io '1.7.29-1~debian.13~trixie' containerd
  package docker-buildx-plugin '0.29.1-1~debian.13~trixie' ''
  package docker-compose-plugin '2.40.3-1~debian.13~trixie' docker-compose
  index
  new_key 'Docker Release (sandbox)'
  new_key 'Somebody else (sandbox)'
  sign 'Docker Release'
  gpg --armor --export 'Docker Release' >"$root/gpg"
  gpg --with-colons --fingerprint 'Docker Release' | awk -F: '/^fpr/ { print $10; exit }' >/srv/apt/fingerprint
  mkdir -p /srv/apt/wrong-signature/linux
  cp -r "$root" /srv/apt/wrong-signature/linux/
  root=/srv/apt/wrong-signature/linux/debian
  sign 'Somebody else'
  gpgconf --kill all
  rm -r "$GNUPGHOME"
}

renamed() {
  local debians=$1 name=$2 version=$3
  apt-get download "$debians"
  dpkg-deb --raw-extract "$debians"_*.deb "$name"
  sed -i -e "s/^Package: .*/Package: $name/" -e "s/^Version: .*/Version: $version/" \
    -e "/^\(Source\|Recommends\|Suggests\|Breaks\|Replaces\):/d" -e "s/^Conflicts: .*/Conflicts: $debians/" "$name/DEBIAN/control"
  build "$name"
}

package() {
  local name=$1 version=$2 depends=$3
  mkdir -p "$name/DEBIAN"
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: all\n' "$name" "$version"
    printf 'Maintainer: the sandbox <sandbox@family.example>\nDescription: stands in for %s\n' "$name"
    if [[ $depends ]]; then printf 'Depends: %s\n' "$depends"; fi
  } >"$name/DEBIAN/control"
  build "$name"
}

build() {
  dpkg-deb -Zgzip -z1 --root-owner-group --build "$1" "$root/dists/trixie/pool/stable" >/dev/null
}

index() {
  local architecture
  cd "$root"
  for architecture in amd64 arm64; do
    mkdir -p "dists/trixie/stable/binary-$architecture"
    apt-ftparchive packages dists/trixie/pool >"dists/trixie/stable/binary-$architecture/Packages"
  done
  apt-ftparchive -o APT::FTPArchive::Release::Origin=Docker -o 'APT::FTPArchive::Release::Label=Docker CE' \
    -o APT::FTPArchive::Release::Suite=trixie -o APT::FTPArchive::Release::Codename=trixie \
    -o 'APT::FTPArchive::Release::Architectures=amd64 arm64' -o APT::FTPArchive::Release::Components=stable \
    release dists/trixie >/tmp/Release
  mv /tmp/Release dists/trixie/Release
}

new_key() {
  gpg --batch --quiet --passphrase '' --quick-generate-key "$1" rsa3072 sign never
}

sign() {
  gpg --batch --yes --local-user "$1" --clearsign -o "$root/dists/trixie/InRelease" "$root/dists/trixie/Release"
  gpg --batch --yes --local-user "$1" --armor --detach-sign -o "$root/dists/trixie/Release.gpg" "$root/dists/trixie/Release"
}

main "$@" </dev/null
