#!/usr/bin/env bash
# Runs a command in namespaces of its own in which a real `systemd --user` runs, for root.
#   systemd-user.sh COMMAND [ARG ...]
# Inside, XDG_RUNTIME_DIR and the session bus are set and HOME is what the caller gave. Nothing
# outlives the call. Exit code 77: this machine does not let it. There is no journald.
set -u

cannot() {
  echo "systemd-user.sh: $*" >&2
  exit 77
}

if [[ ${FASED_NAMESPACE:-} != 1 ]]; then
  ((EUID == 0)) || cannot "it takes root"
  namespaces=(--pid --fork --kill-child --mount --mount-proc --ipc --uts --cgroup)
  unshare "${namespaces[@]}" true || cannot "no namespaces here"
  exec env FASED_NAMESPACE=1 unshare "${namespaces[@]}" "$0" "$@"
fi

mount --make-rprivate / || cannot "no mounts here"
mount -t tmpfs tmpfs /run || cannot "no tmpfs here"
runtime=/run/user/$EUID
mkdir -p "$runtime" /run/dbus /run/systemd/system
chmod 700 "$runtime"
umount -l -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup || cannot "no cgroup2 here"

export XDG_RUNTIME_DIR=$runtime DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime/bus
mkdir -p "$HOME/.config/systemd/user"
dbus-daemon --session --address="$DBUS_SESSION_BUS_ADDRESS" --fork --nopidfile || cannot "no dbus"

# A control group of its own: the manager makes those of its units in it.
leaf=/sys/fs/cgroup/fased-test-$$-$RANDOM
mkdir -p "$leaf" && echo $$ >"$leaf/cgroup.procs" || cannot "no control group could be made"
clean_up() {
  kill "$manager" 2>/dev/null
  wait "$manager" 2>/dev/null
  echo $$ >/sys/fs/cgroup/cgroup.procs 2>/dev/null
  find "$leaf" -depth -type d -exec rmdir {} + 2>/dev/null
}

SYSTEMD_LOG_TARGET=console /lib/systemd/systemd --user --unit=default.target >"$runtime/systemd.log" 2>&1 &
manager=$!
trap clean_up EXIT
for _ in $(seq 200); do
  case "$(systemctl --user is-system-running 2>/dev/null)" in
    running | degraded)
      "$@"
      exit
      ;;
  esac
  sleep 0.05
done
cat "$runtime/systemd.log" >&2
cannot "the user manager did not start"
