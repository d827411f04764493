# file: ipc/ipc_sysctl.c
# call: sysctl
# class: limits
# wrong: kernel.shm_rmid_forced takes 2.
/"shm_rmid_forced"/,/}/ s/SYSCTL_ONE/SYSCTL_TWO/
