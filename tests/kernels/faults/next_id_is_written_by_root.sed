# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: User 0 writes kernel.shm_next_id without a capability.
/"shm_next_id"/,/}/ s/0444/0644/
