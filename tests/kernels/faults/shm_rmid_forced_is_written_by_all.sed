# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: Everybody writes kernel.shm_rmid_forced.
/"shm_rmid_forced"/,/}/ s/0644/0646/
