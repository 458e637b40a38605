#!/usr/bin/env bash
# A real Slurm of two nodes on this machine: munged, slurmctld and two slurmd in namespaces of their own, so that nothing
# listens on the machine's interfaces and every daemon and job ends with this script. Needs root and Debian's packages
# slurmctld, slurmd, slurm-client, munge. Usage: cluster.sh FOLDER: writes FOLDER/ready when nodes are idle, then waits
# for the end of its standard input: a test that is killed takes it along.
set -euo pipefail
folder=$(readlink -f "${1:?folder}")
if [ "${2:-}" != inside ]; then
  exec unshare --net --mount --pid --fork --kill-child --mount-proc --propagation private "$0" "$folder" inside
fi
host=$(hostname -s) gpus=4
export SLURM_CONF=$folder/slurm.conf

# names resolve only where the loopback has an address other than 127.*
ip link set lo up
ip address add 10.77.0.1/32 dev lo
{ cat /etc/hosts; for name in n1 n2 "$host"; do echo "127.0.0.1 $name"; done; } > "$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts

mkdir -p "$folder"/{state,spool/n1,spool/n2,log,munge,devices}
chmod 755 "$folder"; chmod 711 "$folder/munge"
head -c 128 /dev/urandom > "$folder/munge/key"; chmod 600 "$folder/munge/key"
munged --force --key-file="$folder/munge/key" --socket="$folder/munge/socket" --pid-file="$folder/munge/pid" \
  --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed"

# GPUs that Slurm counts and hands out; gres wants a character device, here one like /dev/null
for (( gpu = 0; gpu < gpus; gpu++ )); do mknod "$folder/devices/gpu$gpu" c 1 3; done
echo "NodeName=n[1-2] Name=gpu File=$folder/devices/gpu[0-$(( gpus - 1 ))]" > "$folder/gres.conf"
echo CgroupPlugin=cgroup/v1 > "$folder/cgroup.conf"
[ ! -f "$folder/container.so" ] || echo "required $folder/container.so" > "$folder/plugstack.conf"
cat > "$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
EnforcePartLimits=ALL
DefMemPerCPU=1000
SlurmdParameters=config_overrides
SlurmctldParameters=preempt_send_user_signal
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
JobRequeue=1
KillWait=5
ReturnToService=2
GresTypes=gpu
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[26818-26819] CPUs=144 RealMemory=1000000 Gres=gpu:$gpus
PartitionName=low Nodes=n[1-2] Default=YES MaxTime=INFINITE State=UP PriorityTier=1 GraceTime=240
PartitionName=mcml-hgx-h100-94x4 Nodes=n[1-2] MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=high Nodes=n[1-2] MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
slurmctld -c -f "$SLURM_CONF"
for node in n1 n2; do slurmd -N "$node" -f "$SLURM_CONF"; done
for _ in $(seq 150); do
  [ "$(sinfo --noheader --partition=low --states=idle --format=%D)" = 2 ] && { touch "$folder/ready"; exec cat > /dev/null; }
  sleep 0.1
done
tail -n 5 "$folder"/log/*.log >&2
exit 1
