# file: ipc/ipc_sysctl.c
# call: sysctl
# class: permissions
# wrong: CAP_CHECKPOINT_RESTORE alone does not write kernel.shm_next_id.
/^static int ipc_permissions(/,/^}/ s/checkpoint_restore_ns_capable_noaudit(ns->user_ns)/ns_capable_noaudit(ns->user_ns, CAP_SYS_ADMIN)/
