# shellcheck shell=bash disable=SC2034  # the lists are read by name
# The Debian packages that building, running and testing take. Source it, then: need_packages build run test
# An entry "a|b" is satisfied by either; when neither is there, the first that the archive knows is installed.

PACKAGES_build="g++ cmake ninja-build pkg-config git ca-certificates libgrpc++-dev protobuf-compiler
  protobuf-compiler-grpc libprotobuf-dev libpqxx-dev libabsl-dev libicu-dev libssl-dev zlib1g-dev libbz2-dev
  libjemalloc-dev nlohmann-json3-dev libcli11-dev python3 ccache mold"
PACKAGES_run="postgresql postgresql-contrib"
PACKAGES_test="libgtest-dev libgmock-dev clang-format clang-tidy clang llvm libclang-rt-dev|libclang-rt-14-dev shellcheck
  python3-grpcio python3-protobuf procps"

# Whether dpkg has package $1 installed.
package_is_installed() {
  [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

# Prints the names of packages for the purposes "$@" that are not installed, as they are listed.
missing_packages() {
  local purpose list entry name found
  for purpose in "$@"; do
    list="PACKAGES_$purpose"
    for entry in ${!list}; do
      found=""
      for name in ${entry//|/ }; do
        if package_is_installed "$name"; then found=yes; fi
      done
      if [[ -z "$found" ]]; then echo "$entry"; fi
    done
    # Node.js may come from elsewhere than Debian; what is on PATH will do.
    if [[ "$purpose" == run ]]; then
      command -v node >/dev/null || echo nodejs
      command -v npm >/dev/null || echo npm
    fi
  done
}

# Runs a command as root: directly, or through sudo, which may ask for a password on a terminal only.
as_root() {
  if [[ "$(id -u)" == 0 ]]; then
    "$@"
  elif [[ -t 0 ]]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# Whether as_root can work.
can_be_root() {
  [[ "$(id -u)" == 0 ]] || { command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; }
}

# Prints the name of entry $1 ("a" or "a|b") that the archive has, else its first one.
pick_package() {
  local name
  for name in ${1//|/ }; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      echo "$name"
      return
    fi
  done
  echo "${1%%|*}"
}

# Keeps Debian's PostgreSQL package from creating and starting a cluster that nobody asked for: only our private
# clusters run. A drop-in file, so that no configuration file of the package is touched.
forbid_main_cluster() {
  local directory=/etc/postgresql-common/createcluster.d
  if package_is_installed postgresql-common || [[ -e "$directory/onrecord.conf" ]]; then return; fi
  as_root mkdir -p "$directory"
  echo "create_main_cluster = false" | as_root tee "$directory/onrecord.conf" >/dev/null
}

# Runs apt-get so that it never asks and waits for another one that is running.
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
    apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# Installs what is missing for the purposes "$@" (build, run, test). Fails with one line that says what to do.
need_packages() {
  local missing names=() entry log
  if ! command -v dpkg-query >/dev/null; then
    echo "this needs Debian 12 or 13 (no dpkg here); install by hand what deploy/packages.sh lists" >&2
    return 1
  fi
  missing="$(missing_packages "$@" | sort -u)"
  if [[ -z "$missing" ]]; then return; fi
  if ! can_be_root; then
    echo "missing packages, and neither root nor sudo here to install them; as root: apt-get install" \
      "${missing//$'\n'/ }" >&2
    return 1
  fi
  echo "installing ${missing//$'\n'/ }"
  log="$(mktemp)"
  apt update >"$log" 2>&1 || true  # the lists at hand may do; what does not install is reported below
  for entry in $missing; do names+=("$(pick_package "$entry")"); done
  forbid_main_cluster
  if ! apt install --no-install-recommends "${names[@]}" >>"$log" 2>&1; then
    echo "could not install ${names[*]}: $(grep -m1 '^E:' "$log" || tail -n1 "$log") (all of it: $log)" >&2
    return 1
  fi
  rm -f "$log"
}
