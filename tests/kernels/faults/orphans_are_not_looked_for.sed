# file: ipc/ipc_sysctl.c
# call: shmctl
# class: removal
# wrong: Setting shm_rmid_forced destroys no segment whose creator is dead.
/^static int proc_ipc_dointvec_minmax_orphans(/,/^}/ s/if (ns->shm_rmid_forced)/if (0)/
