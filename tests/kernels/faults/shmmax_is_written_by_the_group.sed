# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: Group 0 writes kernel.shmmax.
/"shmmax"/,/}/ s/0644/0664/
