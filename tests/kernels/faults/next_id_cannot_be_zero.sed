# file: ipc/ipc_sysctl.c
# call: sysctl
# class: limits
# wrong: kernel.shm_next_id refuses 0.
/"shm_next_id"/,/}/ s/SYSCTL_ZERO/SYSCTL_ONE/
