# file: ipc/ipc_sysctl.c
# call: sysctl
# class: limits
# wrong: kernel.shmmni takes more than there are indexes.
/"shmmni"/,/}/ s/&ipc_mni/SYSCTL_INT_MAX/
